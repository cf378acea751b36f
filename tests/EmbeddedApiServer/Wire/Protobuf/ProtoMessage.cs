// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Wire.Protobuf;

internal enum ProtoType
{
    Text,
    Number,
    Flag,
    Bytes,
    Message,
    TextMap,
    BytesMap,
}

/// <summary>One field of a message: its JSON name, its type, and the message it holds.</summary>
internal sealed record ProtoField(string Name, ProtoType Type, ProtoMessage? Message = null, bool IsList = false);

/// <summary>The fields of a message by number. Unknown numbers are read over.</summary>
internal sealed record ProtoMessage(IReadOnlyDictionary<int, ProtoField> Fields);
