"""Makes a scenario draft of what happened in an exchange; `draft` is pure."""

from app.play.record.draft import Draft, draft

__all__ = ["Draft", "draft"]
