"""What must hold before anything is sent, beyond what single cells can show; a module for each kind."""

from xl_datasync.core.checks.answers import answered
from xl_datasync.core.checks.datasets import RIGHTS_NEEDED, RIGHTS_WORDS, check_dataset, kind_fault, rights_words
from xl_datasync.core.checks.guards import shrink_problem
from xl_datasync.core.checks.identifiers import (
    IdentifierCheck,
    known_identifiers_problem,
    unknown_identifiers_note,
)
from xl_datasync.core.checks.mappings import check_constants, check_mapping
from xl_datasync.core.checks.rows import watchers
from xl_datasync.core.checks.shapes import check_merged, check_shape

__all__ = [
    "RIGHTS_NEEDED",
    "RIGHTS_WORDS",
    "IdentifierCheck",
    "answered",
    "check_constants",
    "check_dataset",
    "check_mapping",
    "check_merged",
    "check_shape",
    "kind_fault",
    "known_identifiers_problem",
    "rights_words",
    "shrink_problem",
    "unknown_identifiers_note",
    "watchers",
]
