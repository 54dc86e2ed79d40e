"""Who is asking."""

from typing import Any

from ninja import Router

from gradetape.api.admission import ApiRequest
from gradetape.api.schemas import Me

router = Router(tags=["you"])


@router.get("me", response=Me, url_name="api_me", operation_id="get_me")
def me(request: ApiRequest) -> dict[str, Any]:
    """Whose the token is, and what it may do."""
    user, token = request.user, request.token
    return {
        "email": user.email,
        "name": user.display_name,
        "role": user.role,
        "time_zone": user.time_zone,
        "token": token.name if token else None,
        "scope": token.scope if token else None,
        "expires_at": token.expires_at if token else None,
    }
