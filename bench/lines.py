"""What others do with text line by line: the rules of the C4 corpus."""

from __future__ import annotations

MIN_WORDS = 3
ENDS = (".", "!", "?", '"', "”", "'", "’")


def c4_lines(text: str) -> str:
    """Keep the lines that C4 keeps (Raffel et al. 2020, section 2.2), without the rules for whole pages.

    A line must end in a terminal punctuation mark or a closing quote and have three words; lines that name
    JavaScript go. The rules that refuse whole pages (braces, bad words, lorem ipsum, few sentences) say
    nothing about lines, so they are left out, and with them the policy phrases that later code adds.

    >>> c4_lines("Home\\nThe mayor of Elm resigned.\\nRead more...\\nShe left.\\nEnable JavaScript to read.")
    'The mayor of Elm resigned.'
    """
    return "\n".join(line for line in text.split("\n") if _stays(line.strip()))


def _stays(line: str) -> bool:
    return (
        line.endswith(ENDS)
        and not line.endswith("...")
        and len(line.split()) >= MIN_WORDS
        and "javascript" not in line.lower()
    )
