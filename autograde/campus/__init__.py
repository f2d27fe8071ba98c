"""A class that never ends: `course serve` judges what arrives in a folder and hands the pages back."""
