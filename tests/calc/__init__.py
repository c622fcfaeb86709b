"""An xlwings engine over real LibreOffice Calc: test support, and its own tests."""
