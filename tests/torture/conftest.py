"""What is used of the scenarios is found as they find it."""

import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
