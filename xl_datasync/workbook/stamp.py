"""Whether a file is still the one that was opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xl_datasync.core.errors import WorkbookError


@dataclass(frozen=True)
class FileStamp:
    """A file as it was when it was opened: when it was last written, in nanoseconds, and its size in bytes."""

    path: Path
    modified: int
    size: int

    @classmethod
    def of(cls, path: Path) -> FileStamp:
        """The file as it is now."""
        status = path.stat()
        return cls(path, status.st_mtime_ns, status.st_size)

    def unchanged(self) -> None:
        """Make sure that nobody saved the file since it was opened, or rows of two versions would be mixed."""
        if FileStamp.of(self.path) != self:
            raise WorkbookError(
                "The file was saved by someone while it was being read.",
                where=self.path.name,
                remedy="Close it everywhere else and run the job again.",
            )
