"""People: of the tenant, its guests, federated outsiders, and anonymous ones.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context
"""

import uuid
from dataclasses import dataclass, replace

from tests.fakes.teams.tenancy import Json, Tenancy, account_id


@dataclass(frozen=True, kw_only=True)
class Person:
    """`id` is what one bot knows them by; `object_id` is Entra's. `role`: "user", "guest" or "anonymous"."""

    id: str
    object_id: str | None
    tenant: str
    name: str
    email: str | None
    principal: str | None
    role: str = "user"


def add(
    tenancy: Tenancy, name: str, *, email: str | None, guest: bool, tenant: str | None, anonymous: bool
) -> Person:
    """Somebody new. A guest has an object in the tenant; one of another `tenant` has none."""
    object_id = None if anonymous else str(uuid.uuid4())
    person = Person(
        id=account_id(), object_id=object_id, tenant=tenant or tenancy.tenant, name=name,
        email=None if anonymous else email,
        principal=None if anonymous else _principal(tenancy, name, email, guest=guest),
        role="anonymous" if anonymous else "guest" if guest else "user",
    )  # fmt: skip
    tenancy.people[person.id] = person
    tenancy.changed()
    return person


def change(tenancy: Tenancy, person: Person, **facts: object) -> Person:
    """Change somebody (name, email, principal, role, tenant). Teams tells no bot of it."""
    changed = replace(tenancy.people[person.id], **facts)
    tenancy.people[person.id] = changed
    tenancy.changed()
    return changed


def called(tenancy: Tenancy, wanted: str) -> Person | None:
    """The person with this id in Teams or in Entra, or this principal name."""
    for person in tenancy.people.values():
        if wanted in {person.id, person.object_id, person.principal}:
            return person
    return None


def account(person: Person) -> Json:
    """A person as activities name one."""
    return {
        "id": person.id,
        "name": person.name,
        **({"aadObjectId": person.object_id} if person.object_id else {}),
    }


def public(person: Person) -> Json:
    """A person as a roster shows one; of somebody anonymous it tells hardly anything."""
    first, _, rest = person.name.partition(" ")
    perhaps = {
        "objectId": person.object_id, "givenName": first, "surname": rest,
        "email": person.email, "userPrincipalName": person.principal,
    }  # fmt: skip
    told = {} if person.role == "anonymous" else {key: value for key, value in perhaps.items() if value}
    return {
        "id": person.id, "name": person.name, "tenantId": person.tenant, "userRole": person.role, **told
    }  # fmt: skip


def _principal(tenancy: Tenancy, name: str, email: str | None, *, guest: bool) -> str:
    handle = ".".join(name.casefold().split()) or "somebody"
    if guest:
        return f"{(email or handle).replace('@', '_')}#EXT#@{tenancy.domain}"
    return email or f"{handle}@{tenancy.domain}"
