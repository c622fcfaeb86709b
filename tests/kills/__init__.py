"""Kill tests: the real command, ended with SIGKILL at random moments, must lose and double nothing."""
