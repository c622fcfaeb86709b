"""Clicks the add-in's buttons in a running LibreOffice, as Excel does: by the callbacks of the built file."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tests.calc.bridge import file_url, properties
from xl_datasync.addin.build import NAME, built_addin
from xl_datasync.addin.buttons import TAB
from xl_datasync.addin.ribbon_xml import GET_ENABLED, ON_ACTION

if TYPE_CHECKING:
    from typing_extensions import Self

ALWAYS_RUN_MACROS = 4
# LibreOffice gives .xlam no type by itself, and takes the project's name for the name of the library.
FILTER = "Calc MS Excel 2007 VBA XML"
LIBRARY = "xl_datasync"
NEEDS = {button.id: button.needs for button in TAB.buttons}


class Clicker:
    """The add-in, open and hidden beside the workbooks of one LibreOffice.

    :param connection: the component context that `tests.calc.office.connect` gives. The launcher looks for its settings
        where the environment of that LibreOffice says: XDG_CONFIG_HOME must be set before it is started.
    """

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.folder = Path(tempfile.mkdtemp(prefix="addin-"))
        with built_addin() as built:  # a copy, because LibreOffice leaves a lock beside what it opens
            path = shutil.copy(built, self.folder / NAME)
        desktop = connection.getByName("desktop")
        in_front = desktop.getCurrentComponent()
        options = properties(FilterName=FILTER, MacroExecutionMode=ALWAYS_RUN_MACROS)
        self.document = desktop.loadComponentFromURL(file_url(str(path)), "_blank", 0, options)
        assert self.document is not None, "LibreOffice did not open the add-in"
        # Not opened as hidden: ActiveWorkbook is what came to the front last, and such a document stays that for ever.
        self.document.getCurrentController().getFrame().getContainerWindow().setVisible(False)
        if in_front is not None:
            in_front.getCurrentController().getFrame().activate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the add-in; nothing is left of it."""
        self.document.close(True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def click(self, button: str) -> None:
        """Click a button by its id; comes back at once, while Python starts."""
        self.call(ON_ACTION, self.control(button))

    def enabled(self, button: str) -> bool:
        """Whether the button can be clicked now, as the launcher tells Excel."""
        _result, places, values = self.call(GET_ENABLED, self.control(button), None)
        return bool(dict(zip(places, values, strict=True))[1])

    def control(self, button: str) -> Any:
        """What Excel hands to a callback: an object with the button's id and tag."""
        bag = "com.sun.star.beans.PropertyBag"
        control = self.connection.ServiceManager.createInstanceWithContext(bag, self.connection)
        control.addProperty("ID", 0, button)
        control.addProperty("Tag", 0, NEEDS[button])
        return control

    def call(self, procedure: str, *arguments: Any, module: str = "Launcher") -> Any:
        """Run one of the add-in's procedures: its result, and what it put into which of its arguments."""
        address = f"vnd.sun.star.script:{LIBRARY}.{module}.{procedure}?language=Basic&location=document"
        return self.document.getScriptProvider().getScript(address).invoke(arguments, (), ())
