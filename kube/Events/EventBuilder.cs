// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Events;

/// <summary>Makes a template an event that the server takes (validation of events.k8s.io/v1).</summary>
internal static class EventBuilder
{
    /// <summary>Events about objects without a namespace stand here.</summary>
    private const string ClusterNamespace = "default";
    private const int MaxNoteBytes = 1024;
    private const int MaxTextBytes = 128;

    /// <summary>A DNS subdomain.</summary>
    private const int MaxName = 253;

    /// <summary>The event; null when the template lacks what the server insists on.</summary>
    /// <param name="template">What happened.</param>
    /// <param name="options">Who reports.</param>
    /// <param name="now">When it happened.</param>
    /// <param name="nanoseconds">Since 1970; makes the name.</param>
    public static Event? Build(Event template, EventRecorderOptions options, DateTimeOffset now, long nanoseconds)
    {
        if (template is not { Regarding.Name.Length: > 0, Reason.Length: > 0, Action.Length: > 0, Type: "Normal" or "Warning" }) return null;
        return new Event
        {
            ApiVersion = BuiltInTypes.Event.ApiVersion,
            Kind = BuiltInTypes.Event.Kind,
            Metadata = new ObjectMeta
            {
                Name = template.Metadata.Name is { Length: > 0 } name ? name : NameOf(template.Regarding.Name, nanoseconds),
                Namespace = template.Regarding.Namespace is { Length: > 0 } @namespace ? @namespace : ClusterNamespace,
            },
            // The server compares at microseconds.
            EventTime = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)),
            ReportingController = options.ReportingController,
            ReportingInstance = Utf8Limit.Cut(options.ReportingInstance, MaxTextBytes),
            Action = Utf8Limit.Cut(template.Action, MaxTextBytes),
            Reason = Utf8Limit.Cut(template.Reason, MaxTextBytes),
            Type = template.Type,
            Regarding = template.Regarding,
            Related = template.Related,
            Note = Utf8Limit.Cut(template.Note ?? "", MaxNoteBytes),
        };
    }

    private static string NameOf(string regarding, long nanoseconds)
    {
        string suffix = "." + nanoseconds.ToString("x", CultureInfo.InvariantCulture);
        string start = regarding.Length + suffix.Length <= MaxName ? regarding : regarding[..(MaxName - suffix.Length)].TrimEnd('.', '-');
        return start + suffix;
    }
}
