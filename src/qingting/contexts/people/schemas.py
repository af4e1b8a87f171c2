"""Shapes of people's HTTP interface; every text has a length and holds no control characters."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

_PLAIN = r"^[^\x00-\x1f\x7f]*$"

Short = Annotated[str, StringConstraints(max_length=64, pattern=_PLAIN)]
Words = Annotated[str, StringConstraints(max_length=100, pattern=_PLAIN)]
MailAddress = Annotated[str, StringConstraints(max_length=254, pattern=_PLAIN)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_\-]+$")]
Password = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"^[^\x00]*$")]
Code = Annotated[str, StringConstraints(max_length=40, pattern=_PLAIN)]
LinkToken = Annotated[str, StringConstraints(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_\-]+$")]
Language = Annotated[str, StringConstraints(max_length=10, pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]
Ids = Annotated[list[Id], Field(max_length=500)]
Roles = Annotated[list[Short], Field(max_length=20)]


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignIn(In):
    name: Annotated[str, StringConstraints(min_length=1, max_length=254, pattern=_PLAIN)]
    password: Password
    code: Code | None = None


class SessionUser(BaseModel):
    id: str
    name: str
    display_name: str
    mail: str
    language: str
    agent: str
    roles: list[str]
    permissions: list[str]
    sites: list[str]
    lines: list[str]
    second_factor: bool
    must_change_password: bool


class SessionTenant(BaseModel):
    id: str
    name: str
    timezone: str


class Session(BaseModel):
    user: SessionUser
    tenant: SessionTenant
    csrf: str
    now: float


class OwnChange(In):
    display_name: Annotated[Words, StringConstraints(min_length=1)] | None = None
    language: Language | None = None


class PasswordChange(In):
    old: Password
    new: Password


class PasswordOnly(In):
    password: Password


class CodeOnly(In):
    code: Code


class Secret(BaseModel):
    secret: str
    uri: str


class RecoveryCodes(BaseModel):
    recovery_codes: list[str]


class ResetAsked(In):
    name_or_mail: Annotated[str, StringConstraints(min_length=1, max_length=254, pattern=_PLAIN)]


class ResetConfirmed(In):
    token: LinkToken
    password: Password


class UserIn(In):
    name: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_PLAIN)]
    display_name: Words = ""
    mail: MailAddress = ""
    language: Language = "zh"
    roles: Roles = []
    sites: Ids = []
    lines: Ids = []
    agent: Id | Literal[""] = ""


class Invitation(UserIn):
    pass


class UserChange(In):
    """`locked_until: null` lets somebody try again who guessed too often."""

    display_name: Annotated[Words, StringConstraints(min_length=1)] | None = None
    mail: MailAddress | None = None
    language: Language | None = None
    roles: Roles | None = None
    sites: Ids | None = None
    lines: Ids | None = None
    agent: Id | Literal[""] | None = None
    active: bool | None = None
    locked_until: None = None


class UserOut(BaseModel):
    id: str
    name: str
    display_name: str
    mail: str
    language: str
    roles: list[str]
    sites: list[str]
    lines: list[str]
    agent: str
    active: bool
    invited: bool
    """Has not chosen a password yet."""
    second_factor: bool
    locked_until: float | None
    last_seen: float | None
    mail_state: str
    """Of the latest mail to them: `waiting`, `sent`, `failed`, or empty."""


class UserCreated(BaseModel):
    id: str
    password: str


class Link(BaseModel):
    """`link` only when no mail could be sent."""

    id: str
    link: str | None


class InvitationOut(BaseModel):
    name: str
    display_name: str
    mail: str
    language: str
    tenant: str


class InvitationShown(In):
    token: LinkToken


class InvitationAccepted(In):
    token: LinkToken
    password: Password
    display_name: Annotated[Words, StringConstraints(min_length=1)] | None = None
    language: Language | None = None


class RoleOut(BaseModel):
    role: str
    permissions: list[str]


class TokenIn(In):
    name: Annotated[Words, StringConstraints(min_length=1)]
    permissions: Annotated[list[Short], Field(min_length=1, max_length=50)]
    expires_at: Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)] | None = None


class TokenOut(BaseModel):
    id: str
    name: str
    user: str
    user_name: str
    permissions: list[str]
    created_at: float
    expires_at: float | None
    last_used: float | None


class TokenCreated(BaseModel):
    id: str
    token: str


class AuditEntry(BaseModel):
    id: str
    at: float
    user: str
    user_name: str
    action: str
    target: str
    detail: dict[str, Any]
    address: str
    via: str


class Users(BaseModel):
    items: list[UserOut]
    next: str | None
    total: int | None


class Tokens(BaseModel):
    items: list[TokenOut]
    next: str | None
    total: int | None


class RoleList(BaseModel):
    items: list[RoleOut]
    next: None = None
    total: int


class AuditPage(BaseModel):
    items: list[AuditEntry]
    next: str | None
    total: int | None
