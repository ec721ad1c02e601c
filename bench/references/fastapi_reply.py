"""What the smallest authenticated request costs in FastAPI: a key is checked, a reply encoded."""

import json
import os
import pathlib
import secrets

from fastapi import Depends, FastAPI, Header, HTTPException

KEY = os.environ["KEY"]
REPLY = json.loads(pathlib.Path(os.environ["REPLY"]).read_text())
app = FastAPI()


def require_key(authorization: str = Header("")):
    if not secrets.compare_digest(authorization, KEY):
        raise HTTPException(401)


@app.get("/simulators", dependencies=[Depends(require_key)])
async def list_simulators():
    return REPLY
