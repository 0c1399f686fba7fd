"""Draw each chart on standard input, a line of JSON, as a line on standard output: its SVG as a JSON string.

Started by `svg.py` as a program of its own. Imports nothing of Equipoise.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Draw until standard input ends."""
    import vl_convert

    for line in sys.stdin:
        print(json.dumps(vl_convert.vegalite_to_svg(json.loads(line), vl_version=sys.argv[1])), flush=True)


if __name__ == "__main__":
    main()
