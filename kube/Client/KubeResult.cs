// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace KubeWgDiag.Kube.Client;

/// <summary>A value, or the server's refusal, or the reason why the server could not be asked.</summary>
/// <typeparam name="T">What was asked for.</typeparam>
public sealed record KubeResult<T>
    where T : class
{
    private KubeResult(T? value, KubeError? error) => (Value, Error) = (value, error);

    /// <summary>Set exactly when <see cref="Error"/> is not.</summary>
    public T? Value { get; }

    public KubeError? Error { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Error is null;

    public static implicit operator KubeResult<T>(KubeError error) => new(null, error);

    /// <summary>Wraps a value.</summary>
    [SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "the two ways to make a result")]
    public static KubeResult<T> Ok(T value) => new(value, null);
}
