"""RESULTS.md in sections, each written by itself: a heading of the second level up to the next one."""


def replace(path, title, body):
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        text = "# Results\n"
    parts = text.split("\n## ")
    section = f"{title}\n\n{body.strip()}\n"
    for index, part in enumerate(parts[1:], 1):
        if part.split("\n", 1)[0].strip() == title:
            parts[index] = section
            break
    else:
        parts.append(section)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n## ".join(part.rstrip("\n") + "\n" for part in parts))
