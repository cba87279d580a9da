"""What this broker has nothing of, answered as by an Apache Kafka that has it switched off or empty."""

from typing import Final

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.protocol import Tree

_NO_AUTHORIZER: Final[Tree] = {"error_code": ErrorCode.security_disabled, "error_message": "No Authorizer is configured."}


async def sasl_handshake(_call: Call) -> Tree:
    """On a connection that needs no authentication there is nothing to agree on."""
    return {"error_code": ErrorCode.illegal_sasl_state, "mechanisms": []}


async def sasl_authenticate(_call: Call) -> Tree:
    message = "SaslAuthenticate request received after successful authentication"
    return {"error_code": ErrorCode.illegal_sasl_state, "error_message": message, "auth_bytes": b""}


async def describe_acls(_call: Call) -> Tree:
    return {**_NO_AUTHORIZER, "resources": []}


async def create_acls(call: Call) -> Tree:
    return {"results": [_NO_AUTHORIZER for _each in call.body.creations]}


async def delete_acls(call: Call) -> Tree:
    return {"filter_results": [{**_NO_AUTHORIZER, "matching_acls": []} for _each in call.body.filters]}


async def list_partition_reassignments(_call: Call) -> Tree:
    """One broker: nothing ever moves."""
    return {"error_code": ErrorCode.none, "error_message": None, "topics": []}


async def describe_client_quotas(_call: Call) -> Tree:
    return {"error_code": ErrorCode.none, "error_message": None, "entries": []}


async def describe_user_scram_credentials(call: Call) -> Tree:
    users = [each.name for each in call.body.users or ()]
    unknown = {"error_code": ErrorCode.resource_not_found, "credential_infos": []}
    message = "Attempt to describe a user credential that does not exist: "
    results = [{**unknown, "user": user, "error_message": message + user} for user in users]
    return {"error_code": ErrorCode.none, "error_message": None, "results": results}
