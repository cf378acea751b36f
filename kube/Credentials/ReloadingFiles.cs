// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Kube.Credentials;

/// <summary>
/// Something decoded from files that may be replaced while we run. It is looked at when it is asked for, at most every
/// 5 minutes; what is unreadable, unparsable or unchanged keeps the current value.
/// </summary>
internal sealed class ReloadingFiles<T>
    where T : class
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly IReadOnlyList<string> _paths;
    private readonly Func<IReadOnlyList<string>, T?> _decode;
    private readonly TimeProvider _time;
    private readonly KubeLog? _log;
    private IReadOnlyList<string> _texts;
    private T _value;
    private long _lookedAt;

    /// <summary>Starts from what was read and decoded already.</summary>
    /// <param name="paths">Files, in the order in which <paramref name="decode"/> wants their texts.</param>
    /// <param name="texts">Their texts.</param>
    /// <param name="value">What they decode to.</param>
    /// <param name="decode">Null = not decodable.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Told about files that cannot be used.</param>
    public ReloadingFiles(IReadOnlyList<string> paths, IReadOnlyList<string> texts, T value, Func<IReadOnlyList<string>, T?> decode, TimeProvider time, KubeLog? log)
    {
        (_paths, _texts, _value, _decode, _time, _log) = (paths, texts, value, decode, time, log);
        _lookedAt = time.GetTimestamp();
    }

    public T Current()
    {
        lock (_lock)
        {
            if (_paths.Count == 0 || _time.GetElapsedTime(_lookedAt) < Period) return _value;
            _lookedAt = _time.GetTimestamp();
            var texts = new List<string>();
            foreach (string path in _paths)
            {
                if (CredentialFile.TryRead(path, out string? problem) is { } text)
                {
                    texts.Add(text);
                }
                else
                {
                    _log?.Invoke(KubeLogLevel.Warning, $"A credential file cannot be read again, what it held is kept: {problem}");
                    return _value;
                }
            }

            if (texts.SequenceEqual(_texts, StringComparer.Ordinal)) return _value;
            if (_decode(texts) is { } value) (_value, _texts) = (value, texts);
            else _log?.Invoke(KubeLogLevel.Warning, $"{string.Join(" and ", _paths)} changed to something that cannot be used; what was there is kept.");
            return _value;
        }
    }
}
