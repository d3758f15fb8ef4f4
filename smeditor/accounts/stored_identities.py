"""Identities with their credentials as they lie, encrypted, between a consent and the choice of a person."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from smeditor.networks.base import Credentials, Identity, Profile


def write_identity(identity: Identity) -> dict[str, Any]:
    """``identity`` as JSON-serialisable data, its secret within."""
    credentials = identity.credentials
    return {
        "profile": asdict(identity.profile),
        "note": str(identity.note),
        "server_url": credentials.server_url,
        "handle": credentials.handle,
        "remote_id": credentials.remote_id,
        "secret": dict(credentials.secret),
        "expires_at": _write_time(credentials.expires_at),
        "refresh_expires_at": _write_time(credentials.refresh_expires_at),
        "scopes": None if credentials.scopes is None else sorted(credentials.scopes),
    }


def read_identity(data: dict[str, Any]) -> Identity:
    """What :func:`write_identity` wrote."""
    scopes = data["scopes"]
    credentials = Credentials(
        server_url=data["server_url"],
        handle=data["handle"],
        remote_id=data["remote_id"],
        secret=data["secret"],
        expires_at=_read_time(data["expires_at"]),
        refresh_expires_at=_read_time(data["refresh_expires_at"]),
        scopes=None if scopes is None else frozenset(scopes),
    )
    return Identity(Profile(**data["profile"]), credentials, data["note"])


def _write_time(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _read_time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
