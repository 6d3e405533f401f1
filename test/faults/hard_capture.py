# SPDX-License-Identifier: BSD-3-Clause
"""A capture that has everything in it: made of trafgen's, with pieces of datagrams, some packets late, and QUIC
connections that begin before others have said all."""
import struct
import subprocess

EVERY = 12  # that one is cut in two, or comes after the next one


def packets_of(data):
    at = 24
    while at < len(data):
        size = 16 + struct.unpack_from("<I", data, at + 8)[0]
        yield data[at:at + size]
        at += size


def framed(head, frame):
    return head[:8] + struct.pack("<II", len(frame), len(frame)) + frame


def with_sum(header):
    """An IPv4 header with its checksum."""
    header = header[:10] + bytes(2) + header[12:]
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return header[:10] + struct.pack("!H", ~total & 0xffff) + header[12:]


def piece(packet, link, at, payload, more, ident):
    header = packet[16 + link:16 + link + 20]
    header = header[:2] + struct.pack("!HHH", 20 + len(payload), ident, at // 8 | more << 13) + header[8:]
    return framed(packet[:16], packet[16:16 + link] + with_sum(header) + payload)


def in_two(packet, link, ident):
    """A UDP datagram over IPv4 as two fragments; anything else as it is."""
    ip = packet[16 + link:]
    if len(ip) < 100 or ip[0] != 0x45 or ip[9] != 17 or ip[6:8] not in (b"\0\0", b"@\0"):
        return [packet]
    payload = ip[20:struct.unpack("!H", ip[2:4])[0]]
    return [piece(packet, link, 0, payload[:64], 1, ident), piece(packet, link, 64, payload[64:], 0, ident)]


def later_initial(packet, link, seen):
    """Is it an Initial of a QUIC client that has sent one before? IPv4."""
    ip = packet[16 + link:]
    if len(ip) < 100 or ip[0] != 0x45 or ip[9] != 17 or ip[22:24] != b"\x01\xbb" or ip[28] & 0xc0 != 0xc0:
        return False
    flow = ip[12:22]
    if flow in seen:
        return True
    seen.add(flow)
    return False


def at_once(packets, link, most=2):
    """The later Initials come when as many others are waited for."""
    seen, held = set(), []
    for packet in packets:
        if later_initial(packet, link, seen):
            held.append(packet)
        else:
            yield packet
        if len(held) > most:
            yield packet[:8] + held.pop(0)[8:]  # now
    yield from held


def make(trafgen, path, packets):
    subprocess.run([trafgen, "--packets", str(packets), "--duration", "20", "--vlan", "7", "--no-truth",
                    "--https-share", "0.3", "--dns-tcp-share", "0.3", "--udp-share", "0.3", "--tls-share", "0.8", "--quic-share", "0.8",
                    "--http-share", "0.8", "--local-naming-share", "0.2", "--no-lookup-share", "0.2",
                    "--retransmit-share", "0.1", "-o", path], check=True, stdout=subprocess.DEVNULL)
    with open(path, "rb") as f:
        data = f.read()
    out, pieces = [], []
    for number, packet in enumerate(at_once(packets_of(data), 18)):
        if number % EVERY == 0:
            # the rest of one comes behind the first of the next
            first, *rest = in_two(packet, 18, number & 0xffff)
            out += [first, *pieces]
            pieces = rest
        elif number % EVERY == 5 and out:
            out.insert(len(out) - 1, packet)
        else:
            out.append(packet)
    with open(path, "wb") as f:
        f.write(data[:24] + b"".join(out + pieces))
    return len(out) + len(pieces)
