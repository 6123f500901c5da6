import pytest

from tests.fakes.slack import Peer
from tests.fakes.slack.bolted import bolted, client_of
from tests.fakes.slack.manifests import everything


@pytest.fixture
async def peer():
    async with Peer(manifest=everything(), retries=(0.0, 0.01, 0.01)) as peer:
        yield peer


@pytest.fixture
def client(peer):
    return client_of(peer)


@pytest.fixture
def jo(peer):
    return peer.add_person("Jo Baker", email="jo@programme.example")


@pytest.fixture
def helen(peer):
    return peer.add_person("Helen Marsh", email="helen@northmere.example")


@pytest.fixture
async def team(peer, jo):
    channel = peer.add_channel("team", jo)
    await peer.invite_app(channel, by=jo)
    return channel


@pytest.fixture
async def app(peer):
    async with bolted(peer) as app:
        yield app


@pytest.fixture(params=["http", "socket"])
async def both(request):
    """The peer and a Bolt app, once over HTTP and once over Socket Mode."""
    manifest = everything(socket=request.param == "socket")
    async with Peer(manifest=manifest, patience=0.5, retries=(0.0, 0.01, 0.01)) as peer, bolted(peer) as app:
        yield peer, app
