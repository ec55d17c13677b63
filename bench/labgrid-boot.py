"""A boot of the rack's board by labgrid's drivers.

Arguments: an environment file, and a JSON file with the steps. Prints when the kernel first spoke and when the board was off again, as JSON. It ends with an
exception when the boot did not come to its end: then its time says nothing.
"""
import json
import shutil
import sys
import time
from pathlib import Path

from labgrid import Environment

environment, order = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
target = Environment(environment).get_target("main")
power = target.get_driver("NetworkPowerDriver")


def switch(to):
    getattr(power, to)()
    if power.get() != (to == "on"):
        raise RuntimeError(f"the outlet did not go {to}")


switch("off")
folder = Path(order["folder"])
folder.mkdir(exist_ok=True)
for name, path in order["files"].items():
    shutil.copyfile(path, folder / name)
console = target.get_driver("SerialDriver")
try:
    switch("on")
    # Activated, it waits for the boot loader and comes to its prompt.
    uboot = target.get_driver("UBootDriver")
    for step in order["commands"]:
        said = uboot.run_check(step["command"])
        if step["says"] not in "".join(said):
            raise RuntimeError(f"{step['command']} said {said}")
    uboot.boot()
    uboot.await_boot()
    kernel = time.time() * 1000
    console.expect(r'\{"fact":"end",[^\n]*\n', timeout=60)
    console.write(b"DONE\n")
    console.expect("reboot: Power down", timeout=60)
finally:
    switch("off")
end = time.time() * 1000
target.deactivate(console)
print(json.dumps({"kernel": kernel, "end": end}))
