namespace Nines.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum Severity
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Works, but something is slower or missing.</summary>
    Notice,

    /// <summary>Something does not work.</summary>
    Bad,
}

/// <summary>One thing that <c>doctor</c> looked at.</summary>
/// <param name="Subject">What.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Remedy">What mends it, or <see langword="null"/>.</param>
internal sealed record Finding(string Subject, Severity Severity, string Detail, string? Remedy = null)
{
    public static Finding Good(string subject, string detail) => new(subject, Severity.Good, detail);

    public static Finding Notice(string subject, string detail, string? remedy = null) => new(subject, Severity.Notice, detail, remedy);

    public static Finding Bad(string subject, string detail, string? remedy = null) => new(subject, Severity.Bad, detail, remedy);
}
