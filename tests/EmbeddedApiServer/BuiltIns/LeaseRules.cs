// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.BuiltIns;

/// <summary>Leases: times are MicroTime with exactly six digits, the duration is positive.</summary>
internal sealed partial class LeaseRules : ResourceRules
{
    public override ApiError? Decode(ApiResource resource, JsonObject body)
    {
        foreach (string field in (string[])["acquireTime", "renewTime"])
        {
            if (body.Text("spec", field) is { } time && !MicroTime().IsMatch(time))
                return ApiError.BadRequest($"Lease in version \"v1\" cannot be handled as a Lease: parsing time \"{time}\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse");
        }

        return null;
    }

    public override IReadOnlyList<FieldError> Validate(JsonObject body, JsonObject? old)
    {
        var errors = new List<FieldError>();
        if (body.Number("spec", "leaseDurationSeconds") is <= 0 and { } duration)
            errors.Add(FieldError.Invalid("spec.leaseDurationSeconds", duration, "must be greater than 0"));
        if (body.Number("spec", "leaseTransitions") is < 0 and { } transitions)
            errors.Add(FieldError.Invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0"));
        return errors;
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[-+]\d\d:\d\d)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MicroTime();
}
