// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.Schema;

/// <summary>Bounds, lengths, patterns and the formats that are checked.</summary>
internal static class ScalarValidator
{
    public static IEnumerable<FieldError> Validate(JsonValue value, StructuralSchema schema, string path)
    {
        if (Numbers.TryRead(value, out double number))
            return Number(number, value, schema, path);
        return value.TryGetValue(out string? text) ? String(text, schema, path) : [];
    }

    private static IEnumerable<FieldError> Number(double number, JsonValue value, StructuralSchema schema, string path)
    {
        if (number < schema.Minimum || (schema.ExclusiveMinimum && number == schema.Minimum))
            yield return FieldError.Invalid(path, value, $"{path} in body should be greater than{(schema.ExclusiveMinimum ? "" : " or equal to")} {schema.Minimum}");
        if (number > schema.Maximum || (schema.ExclusiveMaximum && number == schema.Maximum))
            yield return FieldError.Invalid(path, value, $"{path} in body should be less than{(schema.ExclusiveMaximum ? "" : " or equal to")} {schema.Maximum}");
        if (schema.MultipleOf is { } step && step != 0 && Math.Abs(Math.IEEERemainder(number, step)) > 1e-9)
            yield return FieldError.Invalid(path, value, $"{path} in body should be a multiple of {step}");
        if (schema.Format == "int32" && number is < int.MinValue or > int.MaxValue)
            yield return FieldError.Invalid(path, value, $"{path} in body must be of type int32: \"{value}\"");
    }

    private static IEnumerable<FieldError> String(string text, StructuralSchema schema, string path)
    {
        long length = text.EnumerateRunes().LongCount();
        if (length > schema.MaxLength)
            yield return FieldError.TooLong(path, schema.MaxLength.Value);
        if (length < schema.MinLength)
            yield return FieldError.Invalid(path, text, $"{path} in body should be at least {schema.MinLength} chars long");
        if (schema.Pattern is { } pattern && !Matches(pattern, text))
            yield return FieldError.Invalid(path, text, $"{path} in body should match '{pattern}'");
        if (!FormatFits(text, schema.Format))
            yield return FieldError.Invalid(path, text, $"{path} in body must be of type {schema.Format}: \"{text}\"");
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static bool FormatFits(string text, string? format) => format switch
    {
        "date-time" => text.Contains('T', StringComparison.OrdinalIgnoreCase) && Times.Parse(text) is not null,
        "duration" => Durations.Parse(text) is not null,
        "uuid" => Guid.TryParse(text, out _),
        "ipv4" => IPAddress.TryParse(text, out IPAddress? four) && four.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork,
        "ipv6" => IPAddress.TryParse(text, out IPAddress? six) && six.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6,
        "cidr" => IPNetwork.TryParse(text, out _),
        _ => true,
    };
}
