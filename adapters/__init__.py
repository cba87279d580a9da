"""Per agency: its native shapes to contracts and back."""
