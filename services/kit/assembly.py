"""The FastAPI application of an agency: its own routes beside those that all agencies share."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline

from services.kit import admin, feed
from services.kit.agency import Agency, AgencySettings, Profession
from services.kit.documented import document
from services.kit.problems import BodyLimit, Unexpected, install


def assemble(settings: AgencySettings, profession: Profession, *routers: APIRouter) -> FastAPI:
    """Open the agency's database and join its parts; the worker runs as long as the application does.

    Raises BadEnvironment, CannotConnect or Unusable before anything is served.
    """
    agency = Agency(settings, profession)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        working = asyncio.create_task(agency.worker.run())
        yield
        working.cancel()
        await asyncio.wait({working})
        agency.close()

    app = FastAPIOffline(title=profession.title, summary=profession.summary, version=admin.VERSION, lifespan=living, redoc_url=None)
    app.state.agency = agency
    install(app)
    app.add_middleware(Unexpected)
    app.add_middleware(BodyLimit, limit=settings.max_body)
    for router in (feed.router, *routers, admin.router):  # the feed is asked most often, and routes are tried in order
        app.include_router(router)
    document(app)
    return app
