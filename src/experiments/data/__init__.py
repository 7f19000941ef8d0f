"""Sources of examples, their splits and labels."""
