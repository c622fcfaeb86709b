"""The windows, off screen."""
