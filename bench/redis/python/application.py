# Is the ancestor under Daphne: it echoes each text through its layer, and broadcasts what is posted.
import os

import django
from channels.generic.http import AsyncHttpConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter
from django.conf import settings

EVERYBODY = "everybody"
HOST = ("127.0.0.1", int(os.environ["REDIS_PORT"]))

settings.configure(
    ALLOWED_HOSTS=["*"],
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [HOST], "capacity": 10_000},
        }
    },
)
django.setup()


class Echo(AsyncWebsocketConsumer):
    groups = [EVERYBODY] if os.environ.get("JOINS") else []

    async def receive(self, text_data=None, bytes_data=None):
        await self.channel_layer.send(self.channel_name, {"type": "said", "text": text_data})

    async def said(self, event):
        await self.send(text_data=event["text"])


class Broadcast(AsyncHttpConsumer):
    async def handle(self, body):
        await get_channel_layer().group_send(EVERYBODY, {"type": "said", "text": body.decode()})
        await self.send_response(204, b"")


application = ProtocolTypeRouter({"websocket": Echo.as_asgi(), "http": Broadcast.as_asgi()})
