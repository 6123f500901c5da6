import pytest

from tests.fakes.teams import Peer
from tests.fakes.teams.bot import Bot


@pytest.fixture
async def peer():
    async with Peer(patience=3) as peer:
        yield peer


@pytest.fixture
def jo(peer):
    return peer.add_person("Jo Baker", email="jo@programme.example")


@pytest.fixture
def helen(peer):
    return peer.add_person("Helen Marsh", email="helen@northmere.example", guest=True)


@pytest.fixture
def house(peer, jo, helen):
    return peer.add_team("Peer challenges", jo, helen)


@pytest.fixture
async def bot(peer):
    async with Bot(peer) as bot:
        yield bot
