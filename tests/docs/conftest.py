"""Makes the programs that write sample files importable: `from synthetic.samples import write_samples`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "serving" / "articles"))
