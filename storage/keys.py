"""A desk's keys: the database key beside the file, signing and sealing keys, PIN verifiers.

Randomness comes in as an `Entropy` (os.urandom, or a demo's seeded source): a demo is the same each time.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.answers import InvalidInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

Entropy = Callable[[int], bytes]
KEY_NAME = "motcua.key"
_KEY_SIZE = 32
PIN_MEMORY_KIB = 65536
SHORTEST_PIN = 4
DEMO_MEMORY_KIB = 1024
"""A demo's PINs are on its screen: making it quickly matters more."""
_CONTEXT = b"motcua sealed box v1"


def database_key(folder: Path, *, create: bool = False, entropy: Entropy = os.urandom) -> bytes:
    """The raw database key: from the file that MOTCUA_KEY_FILE names, else from the folder's own key file."""
    path = Path(os.environ.get("MOTCUA_KEY_FILE") or folder / KEY_NAME)
    if create and not path.exists():
        write_private(path, _protect(entropy(_KEY_SIZE)))
    try:
        key = _unprotect(bytes.fromhex(path.read_text("ascii").strip()))
    except (OSError, ValueError) as error:
        raise InvalidInput("key_unreadable", path=path) from error
    if len(key) != _KEY_SIZE:
        raise InvalidInput("key_unreadable", path=path)
    return key


def write_private(path: Path, secret: bytes) -> None:
    """Write a secret in hex to a new file that only the desk's group reads. Raises InvalidInput `data_read_only`."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP)
    except OSError as error:
        raise InvalidInput("data_read_only") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())


def _protect(secret: bytes) -> bytes:
    return _dpapi("CryptProtectData", secret) if sys.platform == "win32" else secret


def _unprotect(secret: bytes) -> bytes:
    """The key itself, too: a station that keeps its keys in a place of its own may have made it elsewhere."""
    if sys.platform != "win32" or len(secret) == _KEY_SIZE:
        return secret
    return _dpapi("CryptUnprotectData", secret)


def _dpapi(function: str, data: bytes) -> bytes:
    """Windows: bind the key to the machine (CRYPTPROTECT_LOCAL_MACHINE), for the desk belongs to it."""
    import ctypes

    class Blob(ctypes.Structure):
        _fields_ = (("size", ctypes.c_uint32), ("data", ctypes.c_void_p))

    buffer = ctypes.create_string_buffer(data, len(data))
    given, made = Blob(len(data), ctypes.cast(buffer, ctypes.c_void_p)), Blob()
    call = getattr(ctypes.windll.crypt32, function)  # type: ignore[attr-defined]
    if not call(ctypes.byref(given), None, None, None, None, 4, ctypes.byref(made)):
        raise InvalidInput("key_unreadable", path=KEY_NAME)
    try:
        return ctypes.string_at(made.data or 0, made.size)
    finally:
        ctypes.windll.kernel32.LocalFree(ctypes.c_void_p(made.data))  # type: ignore[attr-defined]


def sign(private: bytes, message: bytes) -> bytes:
    """An Ed25519 signature by the raw 32-byte private key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private).sign(message)


def signature_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign_public(private: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal_public(private: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal(public: bytes, secret: bytes, entropy: Entropy) -> bytes:
    """Bytes that only the holder of the X25519 private key opens (ephemeral key, HKDF, ChaCha20-Poly1305)."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    ephemeral = X25519PrivateKey.from_private_bytes(entropy(32))
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    own = ephemeral.public_key().public_bytes_raw()
    return own + _cipher(shared, own + public).encrypt(bytes(12), secret, _CONTEXT)


def can_seal_to(public: str) -> bool:
    """Whether a text (hex) is a key that bytes can be sealed to: anybody may write anything in its place."""
    try:
        seal(bytes.fromhex(public), b"", lambda size: bytes(range(size)))
    except ValueError:
        return False
    return True


def unseal(private: bytes, sealed: bytes) -> bytes:
    """What was sealed; InvalidInput `seal_broken` where it was altered or meant for another key."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    key = X25519PrivateKey.from_private_bytes(private)
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(sealed[:32]))
        context = sealed[:32] + key.public_key().public_bytes_raw()
        return _cipher(shared, context).decrypt(bytes(12), sealed[32:], _CONTEXT)
    except (InvalidTag, ValueError) as error:
        raise InvalidInput("seal_broken") from error


def derived(secret: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose (32 bytes), drawn from one secret of at least 128 random bits."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=None, info=b"motcua " + purpose.encode()).derive(secret)


def encrypt(key: bytes, content: bytes, about: bytes) -> bytes:
    """ChaCha20-Poly1305 under a key that encrypts nothing else; `about` is bound to it unencrypted."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    return ChaCha20Poly1305(key).encrypt(bytes(12), content, about)


def decrypt(key: bytes, sealed: bytes, about: bytes) -> bytes:
    """What `encrypt` closed; InvalidInput `seal_broken` where it was altered or the key is another."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        return ChaCha20Poly1305(key).decrypt(bytes(12), sealed, about)
    except (InvalidTag, ValueError) as error:
        raise InvalidInput("seal_broken") from error


def _cipher(shared: bytes, context: bytes) -> ChaCha20Poly1305:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt=context, info=_CONTEXT).derive(shared))


def check_pin(pin: str) -> None:
    """Whether it may become a PIN; InvalidInput `pin_too_short`."""
    if len(pin) < SHORTEST_PIN:
        raise InvalidInput("pin_too_short", least=SHORTEST_PIN)


def pin_verifier(pin: str, entropy: Entropy, *, memory_kib: int = PIN_MEMORY_KIB) -> str:
    """The argon2id verifier of a PIN, by three passes over the memory; InvalidInput of `check_pin`."""
    from argon2.low_level import Type, hash_secret

    check_pin(pin)
    return hash_secret(pin.encode(), entropy(16), 3, memory_kib, 4, 32, Type.ID).decode()


def pin_holds(verifier: str, pin: str) -> bool:
    from argon2.exceptions import VerificationError
    from argon2.low_level import Type, verify_secret

    try:
        return verify_secret(verifier.encode(), pin.encode(), Type.ID)
    except VerificationError:
        return False
