"""Makes the pictures of docs/first-hour.md: a clerk's first hour, done with real keys before a real screen."""
