"""The table of results, on the terminal and in RESULTS.md."""

import datetime
import os
import platform
import subprocess


def load():
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


class Results:
    def __init__(self):
        self.rows = []
        self.failures = []
        self.began = load()

    def add(self, what, value, peer="", peer_value="", ratio=None, target=""):
        row = (what, value, peer, peer_value, "" if ratio is None else f"{ratio:.2f}", target)
        self.rows.append(row)
        print("  ".join(part for part in row if part), flush=True)

    def fail(self, what, error):
        self.failures.append((what, str(error)))
        print(f"✗ {what}: {error}", flush=True)

    def markdown(self, command, root):
        commit = subprocess.run(
            ["git", "-C", root, "rev-parse", "--short", "HEAD"], check=False, capture_output=True, text=True
        ).stdout.strip()
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown processor")
        lines = [
            f"Made by `{command}` on {datetime.date.today()}, commit {commit or 'unknown'}: {os.cpu_count()} × {model}, "
            f"Linux {platform.release()}, load average {self.began} before and {load()} after. Each peer was measured in the same "
            "run, turn about; times are medians. A ratio is Estiba's value divided by the peer's.",
            "",
            "| what | Estiba | peer | its value | ratio | target |",
            "|---|---|---|---|---|---|",
        ]
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        lines += [f"\nNot measured: {what} ({error.splitlines()[0]})" for what, error in self.failures]
        return "\n".join(lines) + "\n"
