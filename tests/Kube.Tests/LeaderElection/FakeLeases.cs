// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.Tests.Support;

namespace KubeWgDiag.Kube.Tests.LeaderElection;

/// <summary>The server's side of one lease: versions and conflicts as the API has them, and trouble when a test asks for it.</summary>
internal sealed class FakeLeases
{
    private readonly Lock _lock = new();
    private readonly List<string> _log = [];
    private Lease? _stored;
    private int _version;
    private int _uid;

    public Lease? Stored
    {
        get
        {
            lock (_lock) return _stored;
        }
    }

    public string? Holder => Stored?.Spec?.HolderIdentity;

    /// <summary>What was asked: who, verb, outcome.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_lock) return [.. _log];
        }
    }

    /// <summary>Somebody else writes the lease.</summary>
    public void Put(LeaseSpec? spec)
    {
        lock (_lock) _stored = new Lease { Metadata = new() { Name = "work", Namespace = "ns", Uid = $"u{++_uid}", ResourceVersion = $"{++_version}" }, Spec = spec };
    }

    /// <summary>Somebody changes a label.</summary>
    public void Touch()
    {
        lock (_lock) _stored = _stored! with { Metadata = _stored.Metadata with { ResourceVersion = $"{++_version}" } };
    }

    /// <summary>Somebody deletes the lease.</summary>
    public void Delete()
    {
        lock (_lock) _stored = null;
    }

    /// <summary>A candidate's way to the server.</summary>
    public Client ClientOf(string who) => new(this, who);

    internal sealed class Client(FakeLeases server, string who) : RefusingClient
    {
        /// <summary>The server cannot be reached.</summary>
        public volatile bool IsCutOff;

        /// <summary>Calls do not come back.</summary>
        public volatile bool Hangs;

        /// <summary>So many of the next writes meet a conflict.</summary>
        public int Conflicts;

        public override Task<KubeResult<T>> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken ct) =>
            AnswerAsync<T>("get", () => server._stored is { } lease ? lease : new KubeError(KubeErrorKind.NotFound, "none"), ct);

        public override Task<KubeResult<T>> CreateAsync<T>(ResourceType<T> type, T body, CancellationToken ct) => AnswerAsync<T>("create", () =>
        {
            if (server._stored is not null) return new KubeError(KubeErrorKind.AlreadyExists, "there is one");
            return server._stored = Written((Lease)(object)body, $"u{++server._uid}");
        }, ct);

        public override Task<KubeResult<T>> ReplaceAsync<T>(ResourceType<T> type, T body, CancellationToken ct) => AnswerAsync<T>("replace", () =>
        {
            var lease = (Lease)(object)body;
            if (server._stored is null) return new KubeError(KubeErrorKind.NotFound, "none");
            if (Conflicts > 0 && Conflicts-- > 0) return new KubeError(KubeErrorKind.Conflict, "as scripted");
            if (server._stored.Metadata.ResourceVersion != lease.Metadata.ResourceVersion) return new KubeError(KubeErrorKind.Conflict, "changed");
            if (lease.Spec is not { LeaseDurationSeconds: > 0 }) return new KubeError(KubeErrorKind.Invalid, "duration");
            return server._stored = Written(lease, server._stored.Metadata.Uid!);
        }, ct);

        private Lease Written(Lease lease, string uid) =>
            lease with { Metadata = lease.Metadata with { Uid = uid, ResourceVersion = $"{++server._version}" } };

        private async Task<KubeResult<T>> AnswerAsync<T>(string verb, Func<object> answer, CancellationToken ct)
            where T : class
        {
            if (Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            lock (server._lock)
            {
                object outcome = IsCutOff ? new KubeError(KubeErrorKind.Unreachable, "cut off") : answer();
                server._log.Add($"{who} {verb} {(outcome as KubeError)?.Kind.ToString() ?? "ok"}");
                return outcome is KubeError error ? error : KubeResult<T>.Ok((T)outcome);
            }
        }
    }
}
