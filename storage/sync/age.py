"""Files that only given keys open (age, X25519): the station's own keys, written as age writes keys."""

from __future__ import annotations

from collections.abc import Iterable

MAGIC = b"age-encryption.org/v1\n"
_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


class CannotOpen(ValueError):
    """The bytes are no file for this reader; the argument is the code of the sentence that says why."""


def encrypt(content: bytes, publics: Iterable[bytes]) -> bytes:
    """An age file for the holders of any of these X25519 keys (raw public halves)."""
    import pyrage

    recipients = [pyrage.x25519.Recipient.from_str(bech32("age", public)) for public in publics]
    return bytes(pyrage.encrypt(content, recipients))


def decrypt(content: bytes, privates: Iterable[bytes]) -> bytes:
    """What an age file holds; raises CannotOpen."""
    import pyrage

    keys = [pyrage.x25519.Identity.from_str(bech32("age-secret-key-", private).upper()) for private in privates]
    try:
        return bytes(pyrage.decrypt(content, keys))
    except pyrage.DecryptError as error:
        wrong = "No matching keys" in str(error)
        raise CannotOpen("bundle_wrong_receiver" if wrong else "bundle_damaged") from error


def bech32(prefix: str, content: bytes) -> str:
    """BIP 173's text of bytes, which age uses without its limit of length."""
    groups = _five_bits(content)
    spread = [ord(sign) >> 5 for sign in prefix] + [0] + [ord(sign) & 31 for sign in prefix]
    check = _polymod([*spread, *groups, *[0] * 6]) ^ 1
    groups += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1{''.join(_ALPHABET[group] for group in groups)}"


def _five_bits(content: bytes) -> list[int]:
    bits = "".join(f"{byte:08b}" for byte in content)
    bits += "0" * (-len(bits) % 5)
    return [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, factor in enumerate(_GENERATOR):
            check ^= factor if top >> place & 1 else 0
    return check
