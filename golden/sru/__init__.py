"""A bidirectional SRU that classifies spoken words, in floating point and in chosen bits."""
