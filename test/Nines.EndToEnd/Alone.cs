namespace Nines.EndToEnd;

/// <summary>Tests that take the whole machine: nothing runs beside them.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
