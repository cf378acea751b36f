// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>
/// The open watches of one kind. Those that select one value of one field stand in an index, so that ten thousand watches of ten thousand
/// objects cost a change one look-up and not ten thousand comparisons. Used under the store's gate only.
/// </summary>
internal sealed class WatchHub
{
    private readonly HashSet<Subscription> _everything = [];
    private readonly Dictionary<string, Dictionary<string, HashSet<Subscription>>> _byField = new(StringComparer.Ordinal);

    public int Count => _everything.Count + _byField.Values.SelectMany(values => values.Values).Sum(set => set.Count);

    public void Add(Subscription subscription) => Home(subscription).Add(subscription);

    public void Remove(Subscription subscription)
    {
        HashSet<Subscription> home = Home(subscription);
        home.Remove(subscription);
        if (home.Count > 0 || subscription.Only is not { } only)
            return;
        _byField[only.Path].Remove(only.Value);
        if (_byField[only.Path].Count == 0)
            _byField.Remove(only.Path);
    }

    public void Publish(StoreEvent change)
    {
        foreach (Subscription subscription in _everything)
            subscription.Offer(change);
        foreach ((string path, Dictionary<string, HashSet<Subscription>> values) in _byField)
        {
            string now = change.Latest.Field(path);
            string before = change.Before?.Field(path) ?? now;
            Offer(values, now, change);
            if (before != now)
                Offer(values, before, change);
        }
    }

    public void ExpireAll()
    {
        foreach (Subscription subscription in _everything.Concat(_byField.Values.SelectMany(values => values.Values).SelectMany(set => set)))
            subscription.Expire();
    }

    private static void Offer(Dictionary<string, HashSet<Subscription>> values, string value, StoreEvent change)
    {
        if (!values.TryGetValue(value, out HashSet<Subscription>? subscriptions))
            return;
        foreach (Subscription subscription in subscriptions)
            subscription.Offer(change);
    }

    private HashSet<Subscription> Home(Subscription subscription)
    {
        if (subscription.Only is not { } only)
            return _everything;
        if (!_byField.TryGetValue(only.Path, out Dictionary<string, HashSet<Subscription>>? values))
            _byField[only.Path] = values = new(StringComparer.Ordinal);
        if (!values.TryGetValue(only.Value, out HashSet<Subscription>? home))
            values[only.Value] = home = [];
        return home;
    }
}
