"""The colours of sheets of ours, and of cells that cannot be published."""

TITLE_COLOUR = HEAD_COLOUR = "#1B4F72"
HEAD_INK, LOCKED_COLOUR = "#FFFFFF", "#F0F0F0"
MARK_COLOUR, MARK_SEEN = "#F8CBAD", (0xF8, 0xCB, 0xAD)
