"""Our figures and the peers', side by side in one run: `python -m bench`. See README.md in this folder."""
