"""The search for each layer's precision on a platform: what `skimp search` reports."""
