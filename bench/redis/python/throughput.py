# Moves messages from one process to another through the ancestor's layer, and prints what it took.
import asyncio
import json
import os
import resource
import sys
import time

from channels_redis.core import RedisChannelLayer

PORT, MESSAGES, IN_FLIGHT = int(sys.argv[1]), int(sys.argv[2]), 512
CONTENT = {"type": "said", "text": "x" * 200}


def layer():
    return RedisChannelLayer(hosts=[("127.0.0.1", PORT)], capacity=10_000_000)


async def receive(count):
    own = layer()
    for _ in range(count):
        await own.receive("jobs")


async def send(count):
    own = layer()
    for start in range(0, count, IN_FLIGHT):
        amount = min(IN_FLIGHT, count - start)
        await asyncio.gather(*(own.send("jobs", CONTENT) for _ in range(amount)))


def cpu_seconds():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


child = os.fork()
if child == 0:
    asyncio.run(receive(MESSAGES))
    os._exit(0)
before, start = cpu_seconds(), time.monotonic()
asyncio.run(send(MESSAGES))
os.waitpid(child, 0)
print(json.dumps({"elapsedMs": (time.monotonic() - start) * 1e3, "cpuMs": (cpu_seconds() - before) * 1e3}))
