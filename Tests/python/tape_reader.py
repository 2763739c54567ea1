"""Reads tapes, written from docs/tape-format.md alone: the page's test, and an example of a reader."""

import hashlib
import json
import struct
import zlib

import numpy
import zstandard

CHECKED_MAGIC = 0x184D2A57
SEEK_TABLE_MAGIC = 0x184D2A5E
SEEK_TABLE_FOOTER = 0x8F92EAB1
ROWS_MAX = 2048
HEADER_SIZE_MAX = 64 << 20
VERSION = 1
MASK = (1 << 64) - 1


class TapeError(Exception):
    """The file breaks the format."""


def require(condition, problem):
    if not condition:
        raise TapeError(problem)


class Tape:
    """A tape in memory: `instruments`, `streams` and, unless its writer died, `trailer`."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        self.header_end = self._read_header()
        self.trailer = self._read_trailer()
        if self.trailer is None:
            self.blocks = self._scan()
        else:
            self.blocks = [self._read_index(i) for i in range(len(self.streams))]

    # Frames

    def _checked(self, offset, tag):
        """The payload of the checked frame at `offset`, and where it ends."""
        require(offset + 12 <= len(self.bytes), f"no {tag} frame at {offset}")
        magic, size = struct.unpack_from("<II", self.bytes, offset)
        end = offset + 8 + size
        require(magic == CHECKED_MAGIC and size >= 8, f"no checked frame at {offset}")
        require(end <= len(self.bytes), f"the frame at {offset} is cut short")
        require(self.bytes[offset + 8 : offset + 12] == tag, f"no {tag} frame at {offset}")
        (checksum,) = struct.unpack_from("<I", self.bytes, end - 4)
        require(zlib.crc32(self.bytes[offset : end - 4]) == checksum, f"checksum at {offset}")
        return self.bytes[offset + 12 : end - 4], end

    def _read_header(self):
        payload, end = self._checked(0, b"THad")
        require(len(payload) <= HEADER_SIZE_MAX, "header size")
        version, required, _ = struct.unpack_from("<HII", payload)
        require(version <= VERSION, f"version {version}")
        require(required == 0, f"required features {required}")
        self.document = json.loads(payload[10:])
        self.instruments = self.document["instruments"]
        self.streams = self.document["streams"]
        return end

    def _read_trailer(self):
        """The trailer, by way of the seek table; None when there is no seek table."""
        if len(self.bytes) < self.header_end + 17:
            return None
        count, flags, footer = struct.unpack_from("<IBI", self.bytes, len(self.bytes) - 9)
        if footer != SEEK_TABLE_FOOTER:
            return None
        require(flags == 0, "seek table flags")
        start = len(self.bytes) - 17 - 8 * count
        require(start >= self.header_end, "seek table size")
        magic, size = struct.unpack_from("<II", self.bytes, start)
        require(magic == SEEK_TABLE_MAGIC and size == 8 * count + 9, "seek table")
        sizes = struct.unpack_from("<" + "II" * count, self.bytes, start + 8)
        self.seek_table = list(zip(sizes[0::2], sizes[1::2]))
        require(sum(sizes[0::2]) == start, "seek table does not add up")
        payload, end = self._checked(start - self.seek_table[-1][0], b"TTrl")
        require(end == start, "the trailer is not the last frame")
        return json.loads(payload)

    def _read_index(self, stream):
        """A list of (offset, rows, first visible, last visible) for each block."""
        payload, _ = self._checked(self.trailer["streams"][stream]["index_offset"], b"TIdx")
        require(struct.unpack_from("<I", payload)[0] == stream, "index of another stream")
        groups = len(self.streams[stream]["groups"])
        entry = struct.Struct("<qIqq" + "I" * groups)
        return [fields[:4] for fields in entry.iter_unpack(payload[4:])]

    def _scan(self):
        """The blocks of a tape whose writer died, found from the front."""
        blocks = [[] for _ in self.streams]
        offset = self.header_end
        pending = None
        while offset < len(self.bytes):
            try:
                descriptor, frame = self._checked(offset, b"TBlk")
                stream, number, group, rows, first, last, size, _ = struct.unpack(
                    "<IIHHqqII", descriptor
                )
                require(frame + size <= len(self.bytes), "frame is cut short")
            except (TapeError, struct.error):
                break
            if group == 0:
                pending = (offset, rows, first, last)
            if group == len(self.streams[stream]["groups"]) - 1:
                require(number == len(blocks[stream]), "blocks out of order")
                blocks[stream].append(pending)
            offset = frame + size
        return blocks

    # Rows

    def columns(self, stream, levels=None):
        """A dict from column name to an array of int64: all rows, the best `levels` of books."""
        groups = self.streams[stream]["groups"]
        if levels is not None:
            groups = groups[: 1 + (levels + 4) // 5]
        names = [name for group in groups for name in group]
        parts = [self._block(stream, number, groups) for number in range(len(self.blocks[stream]))]
        empty = numpy.zeros(0, numpy.int64)
        return {
            name: numpy.concatenate([part[i] for part in parts] or [empty])
            for i, name in enumerate(names)
        }

    def _block(self, stream, number, groups):
        offset, rows, first, last = self.blocks[stream][number]
        values = []
        for index, group in enumerate(groups):
            descriptor, offset = self._checked(offset, b"TBlk")
            *place, size, content_size = struct.unpack("<IIHHqqII", descriptor)
            require(place == [stream, number, index, rows, first, last], "descriptor")
            require(1 <= rows <= ROWS_MAX, f"{rows} rows")
            require(content_size <= 1 + len(group) * (42 + 8 * rows), "content size")
            content = zstandard.ZstdDecompressor().decompress(
                self.bytes[offset : offset + size], max_output_size=content_size
            )
            require(len(content) == content_size, "content size")
            offset += size
            decode_group(content, rows, len(group), values)
        return values

    # Checks

    def digest(self, stream):
        """The stream's digest, from its decoded columns."""
        columns = self.columns(stream).values()
        parts = [hashlib.sha256(column.astype("<i8").tobytes()).digest() for column in columns]
        return hashlib.sha256(b"".join(parts)).hexdigest()

    def content_digest(self):
        document = {name: self.document[name] for name in ("instruments", "streams")}
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
        digests = [bytes.fromhex(self.digest(i)) for i in range(len(self.streams))]
        return hashlib.sha256(text.encode() + b"".join(digests)).hexdigest()


def decode_group(content, rows, count, values):
    """Appends the group's `count` columns to `values`, which holds those of earlier groups."""
    cursor = Cursor(content)
    layout = cursor.byte()
    require(layout in (0, 1), f"layout {layout}")
    codings = []
    for _ in range(count):
        origin, width = cursor.byte(), cursor.byte()
        divisor, base = cursor.varint(), cursor.signed()
        neighbour = cursor.varint() if origin == 2 else None
        require(origin <= 2 and width <= 8 and divisor >= 1, "coding")
        codings.append((origin, width, divisor, base, neighbour))
    if layout == 1:
        size = sum(width for _, width, *_ in codings)
        table = cursor.array(rows * size).reshape(rows, size)
    for origin, width, divisor, base, neighbour in codings:
        if layout == 0:
            planes = cursor.array(rows * width).reshape(width, rows).T
        else:
            require(origin == 0, "rows have no origin")
            planes, table = table[:, :width], table[:, width:]
        stored = numpy.zeros(rows, numpy.uint64)
        for place in range(width):
            stored |= planes[:, place].astype(numpy.uint64) << numpy.uint64(8 * place)
        values.append(decode_column(stored, origin, divisor, base, neighbour, values))
    require(cursor.at_end(), "bytes after the last number")


def decode_column(stored, origin, divisor, base, neighbour, values):
    divisor, base = numpy.uint64(divisor), numpy.uint64(base & MASK)
    one = numpy.uint64(1)
    # Unsigned arrays wrap around as the format's sums do.
    if origin == 1:
        steps = (stored >> one) ^ (~(stored & one) + one)
        return (numpy.cumsum(steps * divisor, dtype=numpy.uint64) + base).view(numpy.int64)
    numbers = stored * divisor + base
    if origin == 2:
        require(neighbour < len(values), "neighbour")
        numbers = numbers + values[neighbour].view(numpy.uint64)
    return numbers.view(numpy.int64)


class Cursor:
    """A position in the content of a frame."""

    def __init__(self, content):
        self.content = content
        self.position = 0

    def at_end(self):
        return self.position == len(self.content)

    def byte(self):
        require(self.position < len(self.content), "content is cut short")
        self.position += 1
        return self.content[self.position - 1]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                require(value <= MASK, "varint")
                return value
            require(shift < 70, "varint")

    def signed(self):
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def array(self, size):
        require(self.position + size <= len(self.content), "content is cut short")
        start, self.position = self.position, self.position + size
        return numpy.frombuffer(self.content, numpy.uint8, size, start)
