"""Every fault the practice portal can produce, met at every step of a job; the same runs print docs/faults.md."""
