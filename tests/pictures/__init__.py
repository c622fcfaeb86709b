"""Makes the pictures of docs/first-hour.md and docs/untidy-sheet.md: a clerk's hands at real keys before a real screen."""
