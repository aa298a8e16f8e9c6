"""Gates: whether new results became worse than a baseline by more than they may."""
