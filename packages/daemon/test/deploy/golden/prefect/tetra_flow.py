# Written by tetra 1.2.3: tetra deploy prefect. Change the configuration and write it again instead of editing it.
# Project /srv/tetra, configuration 0123456789ab.
import subprocess

from prefect import flow
from prefect.states import Completed


@flow(name="tetra", retries=0)
def tetra(command: list[str], directory: str):
    code = subprocess.run(command, cwd=directory, check=False).returncode
    if code == 3:
        return Completed(message="partial: finished and usable, something was left out")
    if code != 0:
        raise RuntimeError(f"{' '.join(command)} ended with exit code {code}")
    return Completed(message="completed")
