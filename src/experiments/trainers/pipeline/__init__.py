"""How examples reach the steps that learn from them: shuffled, read, augmented, in batches."""
