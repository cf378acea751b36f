// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;

/// <summary>
/// Walks the tree of suppositions depth first: a run asks <see cref="Choose"/> wherever it cannot decide, and <see cref="Advance"/> prepares
/// the next run, which answers everything up to the last open question as before. Running again from the start costs more than a copy
/// of the state at each fork would, but the evaluation stays a plain function of packet and answers.
/// </summary>
internal sealed class Explorer
{
    private readonly List<Choice> _choices = [];
    private readonly Dictionary<(UnknownOrigin Origin, Expression By), int> _answers = [];
    private readonly Dictionary<UnknownOrigin, HexBytes> _bound = [];
    private readonly HashSet<(UnknownOrigin Origin, HexBytes Value)> _excluded = [];
    private int _next;

    /// <summary>What was supposed on the present way.</summary>
    public IEnumerable<UndecidedExpression> Supposed => _choices.Take(_next).Select(choice => choice.Why);

    /// <summary>Something was asked on the present way.</summary>
    public bool AnyChoice => _next > 0;

    /// <summary>Answers a question with 0 to <paramref name="options"/> - 1.</summary>
    public int Choose(int options, UndecidedExpression why)
    {
        if (options <= 1) return 0;
        if (_next == _choices.Count) _choices.Add(new Choice(0, options, why));
        return _choices[_next++].Chosen;
    }

    /// <summary>As <see cref="Choose"/>, but the same question about the same unknown value gets the same answer on one way.</summary>
    public int ChooseOnce(UnknownOrigin origin, Expression by, int options, Func<UndecidedExpression> why)
    {
        if (_answers.TryGetValue((origin, by), out var known) && known < options) return known;
        var answer = Choose(options, why());
        _answers[(origin, by)] = answer;
        return answer;
    }

    /// <summary>Does an unknown value equal a constant? Once it does, it is known on this way.</summary>
    public bool ChooseEqual(UnknownOrigin origin, HexBytes value, Func<UndecidedExpression> why)
    {
        if (_bound.TryGetValue(origin, out var bound) && bound.Length == value.Length) return bound == value;
        if (_excluded.Contains((origin, value))) return false;
        var equal = Choose(2, why()) == 0;
        if (equal) _bound[origin] = value;
        else _excluded.Add((origin, value));
        return equal;
    }

    /// <summary>The value an unknown is supposed to have on this way.</summary>
    public bool TryGetBound(UnknownOrigin origin, out HexBytes value) => _bound.TryGetValue(origin, out value);

    /// <summary>Prepares the next way; false when all were tried. <paramref name="turned"/> is the question that is answered differently now.</summary>
    public bool Advance(out UndecidedExpression? turned)
    {
        turned = null;
        _answers.Clear();
        _bound.Clear();
        _excluded.Clear();
        if (_next < _choices.Count) _choices.RemoveRange(_next, _choices.Count - _next);
        _next = 0;
        while (_choices.Count > 0)
        {
            ref var last = ref CollectionsMarshal.AsSpan(_choices)[^1];
            if (last.Chosen + 1 < last.Options)
            {
                last = last with { Chosen = last.Chosen + 1 };
                turned = last.Why;
                return true;
            }

            _choices.RemoveAt(_choices.Count - 1);
        }

        return false;
    }

    private readonly record struct Choice(int Chosen, int Options, UndecidedExpression Why);
}
