"""Starts the measurement of the number grammar: python benchmarks/numbers.py --data DIR [--peers]

The work is in numbers_measure.py. A trap: a script's folder comes first on the path, so that in this folder a file of
this name is found before the standard library's `numbers`; whoever imports that gets the real one from here.
"""

import importlib.util
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent

if __name__ == "numbers":
    spec = importlib.util.spec_from_file_location("numbers", Path(sysconfig.get_path("stdlib")) / "numbers.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules["numbers"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["numbers"])
elif __name__ == "__main__":
    sys.path[:] = [str(HERE.parent), *(path for path in sys.path if Path(path or ".").resolve() != HERE)]
    from benchmarks.numbers_measure import main

    main()
