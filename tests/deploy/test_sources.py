"""What the layout of the sources must not break."""

import subprocess
import sys

from deploy.environment import ROOT


def test_the_folder_platform_does_not_hide_pythons_own_module() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    code = "import platform; print(platform.system())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "Linux\n"


def test_the_bootstrap_needs_nothing_but_pythons_library() -> None:
    code = "import sys, deploy.bootstrap; sys.exit('rich' in sys.modules or 'psutil' in sys.modules)"
    subprocess.run(["/usr/bin/env", "python3.11", "-S", "-c", code], cwd=ROOT, check=True)
